#!/usr/bin/env python
# coding: utf-8

# # Customer Churn Prediction
# 
# Telco customer data: who is going to leave?
# 
# 1. Load data
# 2. EDA
# 3. Cleaning / encoding
# 4. Models
# 5. Save the best one

# In[1]:


import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
import seaborn as sns
import warnings
warnings.filterwarnings('ignore')

# get_ipython().run_line_magic('matplotlib', 'inline')
sns.set_style('whitegrid')


# In[2]:


df = pd.read_csv('data/telco_churn.csv')
df.head()


# In[3]:


df.shape


# In[4]:


df.info()


# In[5]:


df['Churn'].value_counts()


# TotalCharges is read as text, there are some blanks in it (customers with tenure 0)

# In[6]:


df['TotalCharges'] = pd.to_numeric(df['TotalCharges'], errors='coerce')
df.isnull().sum()


# In[7]:


df = df.dropna()
df.shape


# ## EDA

# In[8]:


plt.figure(figsize=(5,4))
sns.countplot(x='Churn', data=df)
plt.title('Churn distribution')
plt.show()


# In[9]:


fig, ax = plt.subplots(1, 2, figsize=(12,4))
sns.histplot(data=df, x='tenure', hue='Churn', bins=30, ax=ax[0])
sns.histplot(data=df, x='MonthlyCharges', hue='Churn', bins=30, ax=ax[1])
plt.show()


# In[10]:


pd.crosstab(df['Contract'], df['Churn'], normalize='index')


# Month-to-month customers churn far more often.

# In[11]:


pd.crosstab(df['PaymentMethod'], df['Churn'], normalize='index')


# ## Preprocessing

# In[12]:


df = df.drop('customerID', axis=1)
df['Churn'] = df['Churn'].map({'Yes': 1, 'No': 0})


# In[13]:


df = df.replace('No internet service', 'No')
df = df.replace('No phone service', 'No')


# In[14]:


yes_no = ['Partner', 'Dependents', 'PhoneService', 'MultipleLines', 'OnlineSecurity', 'OnlineBackup',
          'DeviceProtection', 'TechSupport', 'StreamingTV', 'StreamingMovies', 'PaperlessBilling']
for col in yes_no:
    df[col] = df[col].map({'Yes': 1, 'No': 0})

df['gender'] = df['gender'].map({'Female': 1, 'Male': 0})


# In[15]:


df = pd.get_dummies(df, columns=['InternetService', 'Contract', 'PaymentMethod'])
df.columns


# In[16]:


plt.figure(figsize=(10,4))
df.corr()['Churn'].drop('Churn').sort_values().plot(kind='bar')
plt.show()


# In[17]:


from sklearn.preprocessing import MinMaxScaler

cols_to_scale = ['tenure', 'MonthlyCharges', 'TotalCharges']
scaler = MinMaxScaler()
df[cols_to_scale] = scaler.fit_transform(df[cols_to_scale])


# In[18]:


from sklearn.model_selection import train_test_split

X = df.drop('Churn', axis=1)
y = df['Churn']

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
X_train.shape, X_test.shape


# ## Models

# In[19]:


from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, roc_auc_score


# In[20]:


lr = LogisticRegression(max_iter=1000)
lr.fit(X_train, y_train)
print('Logistic regression:', accuracy_score(y_test, lr.predict(X_test)))


# In[21]:


dt = DecisionTreeClassifier()
dt.fit(X_train, y_train)
print('Decision tree:', accuracy_score(y_test, dt.predict(X_test)))


# In[22]:


rf = RandomForestClassifier(n_estimators=200, max_depth=8)
rf.fit(X_train, y_train)
print('Random forest:', accuracy_score(y_test, rf.predict(X_test)))


# In[23]:


y_pred = rf.predict(X_test)
print(classification_report(y_test, y_pred))
print('ROC AUC:', roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]))


# In[24]:


sns.heatmap(confusion_matrix(y_test, y_pred), annot=True, fmt='d', cmap='Blues')
plt.xlabel('Predicted')
plt.ylabel('Truth')
plt.show()


# In[25]:


pd.Series(rf.feature_importances_, index=X.columns).sort_values(ascending=False).head(10)


# In[26]:


import pickle

pickle.dump(rf, open('churn_model.pkl', 'wb'))


# In[ ]:




